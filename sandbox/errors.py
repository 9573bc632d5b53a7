"""What can go wrong with the machinery that runs generated code; such code failing is a value (`protocol`).

Exception
└── SandboxUnavailable     no engine, no image, no namespaces: the session stops and can be resumed
"""


class SandboxUnavailable(Exception):
    """The machinery is missing or broken; the message says how to mend it."""
