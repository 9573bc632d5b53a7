"""What each role says to the model and how its answer is read; access to models; the embedded author.

Agents are functions: values in, value out. No clock, no disk, no database; prompts stand in `prompts/`.
"""
