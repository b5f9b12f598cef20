"""The product's face: the app, its screens, and the runtime that carries commands out."""
