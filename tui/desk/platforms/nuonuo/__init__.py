"""The Nuonuo open platform (诺诺) as the tax platform of the desk."""
