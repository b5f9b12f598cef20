"""What tests share: samples, doubles, stages, towns."""
