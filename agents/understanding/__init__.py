"""Text to frames: one port, two implementations (embedded, LLM)."""
