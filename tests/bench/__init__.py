"""Measurements; they prove nothing and are no part of the tests."""
