"""SigLLM (arXiv 2405.14755): a series told to a language model as digits, and what it says turned into scores.

One subject a file, and all of it pure but for `asking`. Two readers: `Prompter` has the model list anomalous values and
votes over samples and windows; `ForecastReader` has it continue the digits and looks for large errors.
"""
