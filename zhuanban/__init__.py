"""Zhuanban 专班: runs a local government's special campaign from its plan to its last look-back."""

__version__ = "0.1.0"
