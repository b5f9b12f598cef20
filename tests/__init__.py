"""Tests of the CA Renewal Kiosk."""
