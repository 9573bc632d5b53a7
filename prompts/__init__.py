"""What agents are told: Markdown with Jinja slots, one folder an agent. Imports nothing of ours."""
