"""Channels: how messages come in and replies leave."""
