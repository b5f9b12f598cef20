"""Tests of the renewal service."""
