"""Parsers that turn words into values: dates, times, places, amounts, ages, ID numbers."""
