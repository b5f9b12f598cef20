"""Tests of the payment adapters."""
