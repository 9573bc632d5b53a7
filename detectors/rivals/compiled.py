"""What numba compiles is kept on disk: packages that do not ask for that compile for a minute in each process."""

import sys


def keep_compiled(package: str) -> None:
    """Has every function that numba is to compile, in the modules of a package imported so far, kept where numba does.

    That is beside its source, or in the user's cache folder; `NUMBA_CACHE_DIR` says otherwise.
    """
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == package]
    for module in modules:
        for function in vars(module).values():
            if getattr(function, "__module__", None) == module.__name__ and hasattr(function, "enable_caching"):
                function.enable_caching()
