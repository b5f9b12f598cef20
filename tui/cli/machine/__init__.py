"""What the machine below the kiosk has and lacks (`doctor --deep`): nothing here changes anything."""
