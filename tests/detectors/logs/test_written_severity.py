"""Where loggers write a level, and where a word that looks like one is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.detectors.logs.level_words import severity_of_word
from argosy.detectors.logs.written_severity import read_severity
from argosy.signals.severity import SYSLOG, Severity

LINES = """
error|2026-03-02 10:00:00,120 [main] ERROR shop.pay - x
error|E0301 10:00:00.120456   912 file.go:41] msg
info|I0301 10:00:00.120456   912 file.go:41] error words here
error|<11>Mar  2 10:00:00 web-1 shop[912]: charge lost
error|<3>[ 12.3] usb 1-1: device gone
info|<14>Mar  2 10:00:00 web-1 shop: all fine
error|<14>Mar  2 10:00:00 web-1 shop: ERROR x
error|2026-03-02T10:00:00.1Z stderr F ERROR shop: x
info|2026-03-02T10:00:00.1Z stderr F INFO shop: x
error|ts=2026 level=error msg="x"
info|ts=2026-03-02T10:00:00Z level=info caller=pay.go:9 msg="page 0 served" err=null errors=0
error|msg="level=info said he" level=error
error|2026-03-02 10:00:00 [错误] 支付服务: 连接
error|2026-03-02 10:00:00 错误：连接数据库失败
error|2026-03-02 10:00:00 【エラー】接続に失敗しました
error|2026-03-02 10:00:00 エラー 接続に失敗
info|2026-03-02 10:00:00 [信息] 服务: ok
error|2026-03-02 10:00:00 FEHLER shop: Platte voll
error|Fehler: Platte voll
error|2026-03-02 10:00:00 Fehler: Platte voll
error|SCHWERWIEGEND: Platte voll
error|GRAVE: disque plein
error|2024-03-21 08:12:26,839 GRAVE [lyon] service arrêté
unknown|2024-03-21 08:12:26,839 grave [lyon] accent
unknown|agentd: environment: PRIORITY=3 LOG_LEVEL=error HOME=/root
warning|2026-03-02 10:00:00 AVERTISSEMENT shop x
error|2026-03-02 10:00:00 ERREUR  base: perdue
critical|2026-03-02 10:00:00 [CRÍTICO] base perdida
error|2026/03/02 10:00:00 [error] 912#912: *1 open() failed
error|[Mon Mar 02 10:00:00.12 2026] [core:error] [pid 912] msg
error|[Sun Dec 04 04:47:44 2005] [error] mod_jk child workerEnv in error state 6
notice|[Sun Dec 04 04:47:44 2005] [notice] jk2_init() Found child
error|2026-03-02 10:00:00.120 UTC [912] ERROR:  relation "x" does not exist
fatal|2026-03-02 10:00:00.120 UTC [912] user@db FATAL:  no
info|2026-03-02 10:00:00.120 UTC [912] LOG:  checkpoint
error|2026-03-02T10:00:00.1Z 8 [ERROR] [MY-010119] [Server] Aborting
warning|2026-03-02T10:00:00.1Z 0 [Warning] [MY-010119] [Server] x
warning|912:M 02 Mar 2026 10:00:00.120 # msg
error|2026-03-02T10:00:00.120+0000 E NETWORK  [conn1] msg
error|03-02 10:00:00.120  912  913 E Tag: msg
error|E/Tag( 912): msg
error|[2026-03-02T10:00:00,120][ERROR][o.e.x] [node] msg
error|[2026-03-02 10:00:00.120][912][error][upstream] msg
error|2026-03-02 10:00:00 - shop.pay - ERROR - msg
error|ERROR:root:msg
error|E, [2026-03-02T10:00:00.120 #912] ERROR -- : msg
error|2026-03-02 10:00:00.120 | ERROR    | shop.pay:charge:41 - msg
error|[10:00:00 ERR] msg
error|[10:00:00] [Server thread/ERROR]: msg
error|2026-03-02T10:00:00.1Z	error	shop/pay.go:41	msg	{"k":1}
error|2026-03-02 10:00:00 error: msg
error|error: msg
error|fail: Shop.Pay[0]
info|info: Microsoft.Hosting.Lifetime[14]
error|npm ERR! code E404
fatal|fatal: not a git repository
error|main.c:41:5: error: x
error|error[E0382]: borrow
unknown|error handler registered
unknown|loaded 10 alert rules, 0 critical, error handler ready
unknown|2026-03-02 10:00:00 errors: 0
unknown|2026-03-02 10:00:00 error: 0
info|- 1117838570 2005.06.03 R02-M1-N0-C:J1 2005-06-03-15.42.50.36 R02-M1-N0-C:J12 RAS KERNEL INFO cache parity error
fatal|- 1117838570 2005.06.03 R02-M1-N0-C:J12 2005-06-03-15.42.50.36 R02-M1-N0-C:J12 RAS APP FATAL ciod: x
info|10.0.0.3 - - [02/Mar/2026:10:00:00 +0000] "GET /static/e.png?err=none HTTP/1.1" 200 520 "https://x/?level=error"
error|10.0.0.3 - - [02/Mar/2026:10:00:00 +0000] "GET /shop/30 HTTP/1.1" 503 312 "-" "curl/8"
error|INFO:     10.0.0.1:3333 - "GET /x HTTP/1.1" 500 Internal Server Error
error|[GIN] 2026/03/02 - 10:00:00 | 500 |  1.2ms | 10.0.0.1 | GET "/x"
error|GET /x 500 12.3 ms - 12
error|1772445600.123  41 10.0.0.1 TCP_MISS/503 1234 GET http://x
error|haproxy[912]: 10.0.0.1:33 [02/Mar/2026:10:00:00] fe be 0/0/1/2/3 503 212 - - SC-- 1/1/1/0/0 0/0 "GET /x HTTP/1.1"
error|at=info method=GET path="/" host=x fwd="1" dyno=web.1 status=503 bytes=0
error|level=info method=GET path=/x status=503 duration=3ms
info|level=info method=GET path=/x status=200 err="level=error"
error|Error,3/2/2026 10:00:00 AM,Source,100
error|2026-03-02 10:00:00,error,shop,"msg"
info|2026-03-02T10:00:00.120Z INFO  shop.cart: ERROR x
error|web-1  | 2026-03-02 10:00:00 ERROR x
error|shop.pay ERROR x
error|Mar  2 10:00:00 web-1 sshd[912]: error: PAM: x
unknown|Mar  2 10:00:00 web-1 sshd[912]: Failed password for root
unknown|Mar  2 10:00:00 web-1 app[912]: user typed ERROR in a box
unknown|user posted [error] tag
error|[E] shop failed
error|[ 12.3] (EE) no screen
error|2026-03-02 10:00:00 E | shop | x
error|10:00AM ERR msg x
error|2026-03-02 10:00:00 [ERR] x
error|[2026-03-02T10:00:00Z ERROR shop] msg
error|2026-03-02T10:00:00.120456Z ERROR shop::pay: charge failed
critical|2026-03-02 10:00:00 kritisch: Platte voll
error|重大: 接続できません
error|严重: 连接失败
warning|3月 02, 2026 10:00:00 午前 警告: x
error|2026-03-02 10:00:00 错误 [支付] 失败
error|2026-03-02 10:00:00 错误 支付失败
unknown|没有错误
error|ERROR 支付失败
error|level=ERROR code=3
error|{level: error, x}
info|[INFO] no problem
error|Mar 02, 2026 10:00:00 AM shop.Pay charge ERROR: x
error|systemd[1]: shop.service: ERROR exit
error|2026-03-02 10:00:00 ERROR
error|ERROR
unknown|0 ERROR found
unknown|TRACE /path HTTP
fatal|panic: runtime error: x
error|[2026-03-02 10:00:00] production.ERROR: x {"exception":"y"}
info|[2026-03-02 10:00:00] app.INFO: x {"error":"y"}
critical|2026-03-02 10:00:00 Kritischer Fehler: x
error|2026-03-02 10:00:00 Schwerwiegender Fehler: x
error|2026-03-02 10:00:00 INFO GET /x -> 503
error|10:00:00.120 [info] Sent 500 in 3ms
fatal|[02-Mar-2026 10:00:00 UTC] PHP Fatal error:  Uncaught x
warning|2026-03-02 10:00:00 Avertissement : x
fatal|2026-03-02 10:00:00 致命エラー: x
fatal|2026-03-02 10:00:00 致命的なエラー: x
fatal|2026-03-02 10:00:00 [致命] x
"""
CASES = [tuple(line.split("|", 1)) for line in LINES.strip().splitlines()]


@pytest.mark.parametrize(("severity", "line"), CASES)
def test_a_level_is_read_from_where_it_is(severity: str, line: str) -> None:
    assert read_severity(line) is Severity(severity)


@pytest.mark.parametrize(("number", "severity"), list(enumerate(SYSLOG)))
def test_a_priority_of_syslog_holds_where_the_program_says_nothing_nearer(number: int, severity: Severity) -> None:
    for facility in (0, 1, 3, 23):
        assert read_severity(f"<{facility * 8 + number}>Mar  2 10:00:00 web-1 shop: taken") is severity
    assert read_severity(f"<{8 + number}>1 2026-03-02T10:00:00Z web-1 shop 912 - - taken") is severity
    assert read_severity(f"<{8 + number}>Mar  2 10:00:00 web-1 shop: ERROR taken") is Severity.ERROR
    assert read_severity("<999>taken") is Severity.UNKNOWN


@given(st.text(max_size=300))
def test_any_line_has_a_level_or_none_is_known(line: str) -> None:
    assert isinstance(read_severity(line), Severity)


@given(st.sampled_from(["error", "ERROR", "Fehler", "错误", "エラー", "fatal"]), st.integers(3, 40))
def test_the_words_of_a_sentence_are_no_level(word: str, page: int) -> None:
    assert read_severity(f"2026-03-02T10:00:00Z INFO  shop.web: page {page} of {word} was served") is Severity.INFO
    assert not read_severity(f"we have served page {page} of {word} as asked").is_error
    assert not read_severity(f'GET /find?q={word} HTTP/1.1" 200 {page}').is_error


@pytest.mark.parametrize(
    "part",
    ['"', '"GET ', '\\"GET ', "a=", "[a", "( ", "level=", " 1/1/1/1/", "A_", "{level ", '"\\', "[GIN]|", "错", " "],
)
def test_a_line_of_any_length_without_end_is_read(part: str) -> None:
    assert not read_severity(part * (65_536 // len(part))).is_error


def test_levels_are_ordered() -> None:
    assert sorted(Severity, key=lambda each: each.rank) == list(Severity)
    assert max(Severity.WARNING, Severity.FATAL, Severity.INFO) is Severity.FATAL
    assert [each for each in Severity if each.is_error] == [each for each in Severity if each >= Severity.ERROR]
    assert severity_of_word("INFO4") is Severity.INFO
    assert severity_of_word("charge") is Severity.UNKNOWN
