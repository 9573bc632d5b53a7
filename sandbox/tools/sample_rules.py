"""Rules that use numpy, pandas and scipy as widely as rules may: what the walls must let through.

`measure.py` learns from them which system calls that takes; the tests run them behind every wall.
"""

_HEAD = "import numpy as np\nimport pandas as pd\n\n\ndef detect(values, seconds):\n"

_BODIES = {
    "numpy": """
x = np.nan_to_num(values) + np.sin(seconds / 600.0)
m = np.outer(x[:200], x[:200]) + np.eye(len(x[:200]))
u, s, v = np.linalg.svd(m)
q, r = np.linalg.qr(m)
np.linalg.solve(m, x[:200]), np.linalg.lstsq(m, x[:200], rcond=None), np.linalg.eigh(m), m @ m
np.polynomial.Polynomial.fit(seconds / 1e5, x, 2)
np.fft.irfft(np.fft.rfft(x)), np.percentile(x, [5, 50, 95]), np.sort(x), np.argpartition(x, 3), np.unique(x)
np.histogram(x, bins="auto"), np.convolve(x, np.ones(9), "same"), np.interp(x, np.sort(x), x), np.polyfit(seconds, x, 2)
w = np.lib.stride_tricks.sliding_window_view(x, 5)
big = np.zeros(4_000_000); big[::512] = 1.0; big.sort(); del big
str(np.datetime64(int(seconds[0]), "s")), np.random.default_rng(3).normal(size=10), np.random.RandomState(3).rand(3)
return np.abs(x - np.median(w)) / (x.std() + 1.0)
""",
    "pandas": """
when = pd.to_datetime(seconds, unit="s", utc=True)
s = pd.Series(values, index=when)
f = pd.DataFrame({"v": s, "hour": when.hour, "day": when.dayofweek.astype("category")})
s.rolling(7, min_periods=1).median(), s.rolling("1h").mean(), s.ewm(span=5).std(), s.expanding().max(), s.rank()
s.rolling(9).quantile(0.9), s.rolling(9).apply(lambda w: w[-1], raw=True), s.diff().shift(1).cumsum()
f.groupby("hour")["v"].transform("median"), f.groupby("day", observed=True)["v"].agg(["mean", "std", "count"])
f.pivot_table(index="hour", columns="day", values="v", observed=True)
f.merge(f, on="hour").head(), f.corr(numeric_only=True)
s.resample("5min").mean().interpolate(), s.tz_convert("Europe/Berlin").index.hour, f.describe(), f.sort_values("v")
pd.cut(s, 5), pd.qcut(s.rank(method="first"), 4), s.astype("Float64").fillna(0), s.autocorr(3), pd.concat([s, s])
pd.Series(["a", "b"] * 3, dtype="string").str.upper(), pd.Series(when).dt.strftime("%H:%M"), str(f.head())
return (s - s.rolling(30, min_periods=1).median()).abs()
""",
    "scipy": """
from scipy import cluster, fft, integrate, interpolate, linalg, ndimage, optimize
from scipy import signal, sparse, spatial, special, stats
from scipy.cluster.hierarchy import linkage
from scipy.cluster.vq import kmeans2
from scipy.sparse.linalg import eigsh, spsolve
x = np.nan_to_num(values[:400]); t = np.arange(len(x)) * 1.0
signal.savgol_filter(x, 7, 2), signal.medfilt(x, 5), signal.find_peaks(x), signal.welch(x), signal.detrend(x)
signal.sosfilt(signal.butter(3, 0.2, output="sos"), x), signal.stft(x, nperseg=64), signal.correlate(x, x)
stats.zscore(x), stats.median_abs_deviation(x), stats.kstest(x, "norm"), stats.norm.sf(x), stats.linregress(t, x)
stats.gaussian_kde(x + t)(x), stats.genextreme.fit(x + t), stats.spearmanr(x, t), stats.theilslopes(x[:50], t[:50])
ndimage.median_filter(x, 5), ndimage.gaussian_filter1d(x, 3), ndimage.label(x > 3), ndimage.uniform_filter1d(x, 9)
optimize.minimize(lambda p: ((x - p[0] - p[1] * t) ** 2).sum(), [0, 0]), optimize.curve_fit(lambda a, b: a * b, t, x)
optimize.linprog([1, 1], [[-1, -2]], [-3]), optimize.brentq(lambda a: a - 1, 0, 3)
optimize.least_squares(lambda p: p - 1, [2.0])
interpolate.UnivariateSpline(t, x), interpolate.PchipInterpolator(t, x)(t), interpolate.interp1d(t, x)(t)
fft.dct(x), fft.rfft(x)
linalg.solveh_banded(np.array([[0] + [1] * 9, [4] * 10]), t[:10]), linalg.svd(np.outer(t[:50], t[:50]))
spsolve(sparse.diags([4.0] * 50).tocsc(), t[:50]), eigsh(sparse.diags(t[:60]), k=3), special.gammainc(2, t)
spatial.cKDTree(np.c_[t, x]).query(np.c_[t, x], k=3)
linkage(np.c_[t, x][:60]), kmeans2(x[:, None] + t[:, None], 3, seed=1)
integrate.cumulative_trapezoid(x), integrate.quad(np.sin, 0, 1), integrate.solve_ivp(lambda a, b: -b, (0, 1), [1.0])
return np.full(len(values), 0.5)
""",
    "standard library": """
import bisect, collections, functools, heapq, itertools, math, operator, statistics
from collections import Counter, deque
print("to nobody", len(values))
heap = list(values[:50]); heapq.heapify(heap)
statistics.median(values[:50]), math.fsum(values[:50]), Counter(seconds % 3600), deque(values[:9], maxlen=4)
functools.reduce(operator.add, itertools.islice(values, 9)), bisect.bisect(heap, 3.0), sum(divmod(7, 3)), 10 ** 2000
return np.asarray([float(v) for v in values]) > 1e9
""",
    "an error": """
def deep(n):
    return values.reshape(3, -1) if n == 0 else deep(n - 1)
try:
    deep(5)
except ValueError:
    pass
raise ValueError(str(values[:3]))
""",
    "too much memory": "return np.ones(1 << 34)",
    "deep recursion": "def again(n): return again(n + 1) + 1\nreturn again(0)",
}


def exercises() -> dict[str, str]:
    """Rules by name; the last three fail on purpose, in ways that rules fail."""
    return {
        name: _HEAD + "".join(f"    {line}\n" for line in body.strip().splitlines()) for name, body in _BODIES.items()
    }
