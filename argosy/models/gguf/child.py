"""What the child process runs: llama.cpp's server on a free port of loopback, until its standard input ends.

It reads one line of JSON (path, key, context_tokens, threads) and writes one (url). Standard input ends when the
parent closes it or is gone, however it went: the pipe has no other writer.
"""

import importlib
import json
import os
import sys
import threading


def main() -> None:
    """Serves until standard input ends."""
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    llama = importlib.import_module("xllamacpp")
    params = llama.CommonParams()
    params.model.path = asked["path"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [asked["key"]]
    params.n_ctx = asked["context_tokens"]
    params.n_parallel = 1
    params.ui = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = asked["threads"]
    server = llama.Server(params)
    print(json.dumps({"url": f"{server.listening_address}/v1"}), flush=True)  # noqa: T201
    threading.Event().wait()


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1 << 10):
        pass
    # At once: llama.cpp may be in the middle of an answer that nobody waits for.
    os._exit(0)


if __name__ == "__main__":
    main()
