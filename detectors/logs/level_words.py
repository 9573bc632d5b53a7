"""The words for levels that loggers write, in eight languages, and what severity they mean."""

from collections.abc import Mapping

from argosy.signals.severity import Severity

_TABLE: Mapping[Severity, str] = {
    Severity.TRACE: """trace trc trce verbose vrb vrbse finest finer fine traza trazado トレース 跟踪 追踪 詳細 详细""",
    Severity.DEBUG: """debug dbg dbug debugging debogage débogage depuración depuracion config konfiguration
        デバッグ 调试 調試 偵錯 除錯 отладка 디버그""",
    Severity.INFO: """info inf information informational infos success ok log statement detail hint context
        información informacion informação informazioni 情報 信息 資訊 讯息 訊息 информация инфо 정보""",
    Severity.NOTICE: """notice note hinweis 通知 注意 お知らせ 提示""",
    Severity.WARNING: """warn warning wrn warnings warnung avertissement attention advertencia aviso avvertenza avviso
        警告 предупреждение 경고""",
    Severity.ERROR: """error err eror fehler erreur erro errore severe failure fail fallo fehlschlag grave schwerwiegend
        schwerwiegender schwerer
        échec echec fault エラー 错误 錯誤 异常 異常 障害 失敗 失败 故障 严重 嚴重 重大 ошибка 오류 에러 심각""",
    Severity.CRITICAL: """critical crit crt kritisch kritischer critique crítico critico crítica critica critici
        クリティカル 危急 严重错误 嚴重錯誤 重大エラー 重大なエラー 关键 критическая""",
    Severity.FATAL: """fatal ftl panic dpanic fatale
        致命 致命的 致命错误 致命錯誤 致命的エラー 致命的なエラー 致命エラー フェイタル 치명적 фатальная""",
    Severity.ALERT: """alert alerte alerta alarm アラート 警报 警報""",
    Severity.EMERGENCY: """emerg emergency emergencia notfall urgence 緊急 紧急 非常事態""",
}

WORDS: Mapping[str, Severity] = {word: severity for severity, words in _TABLE.items() for word in words.split()}
"""Casefolded."""

_WEAK = """fine finer finest config konfiguration log note statement detail hint context fail failure fault grave
    schwerer attention aviso ok alarm verbose information infos 障害 失敗 失败 故障 异常 異常 注意 提示 关键 重大
    详细 詳細 通知 success"""
WEAK = frozenset(_WEAK.split())
"""Those that are common words too: they are levels only within brackets, between bars, or before a colon."""

LETTERS: Mapping[str, Severity] = {
    "V": Severity.TRACE,
    "T": Severity.TRACE,
    "D": Severity.DEBUG,
    "I": Severity.INFO,
    "N": Severity.NOTICE,
    "W": Severity.WARNING,
    "E": Severity.ERROR,
    "C": Severity.CRITICAL,
    "F": Severity.FATAL,
    "A": Severity.FATAL,
}
"""What klog, logcat, glog and MongoDB write."""


def severity_of_word(word: str) -> Severity:
    """What a level's name means; unknown for any other word.

    >>> severity_of_word("Warn"), severity_of_word("错误"), severity_of_word("SEVERITY_NUMBER_ERROR2")
    (<Severity.WARNING: 'warning'>, <Severity.ERROR: 'error'>, <Severity.ERROR: 'error'>)
    """
    plain = word.strip().strip("[]<>() :!").casefold()[:40].removeprefix("severity_number_").removeprefix("log_")
    return WORDS.get(plain) or WORDS.get(plain.rstrip("0123456789")) or Severity.UNKNOWN
