"""Sealed entries opened and checked: an entry is accepted, or Refused."""
