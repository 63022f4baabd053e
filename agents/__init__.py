"""Conversation: one graph, one state, one module per tool agent."""
