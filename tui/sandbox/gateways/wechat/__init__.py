"""WeChat Pay, played."""
