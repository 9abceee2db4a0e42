"""The themes: what a new portal begins with, what administrators made of them, their pages."""
