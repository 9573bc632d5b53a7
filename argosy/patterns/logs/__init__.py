"""LogPrompt on one log: mined, judged template by template, reported line by line."""
