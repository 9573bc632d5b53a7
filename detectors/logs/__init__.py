"""What of a log line is a value, and the templates that remain."""
