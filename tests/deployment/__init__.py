"""The files that put the service somewhere, each as the documentation says."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
