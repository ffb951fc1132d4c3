"""Errors that a user can cause: each is one message with what, where and the remedy."""

from __future__ import annotations


class PactgraphError(Exception):
    """Base of all errors that reach a user as one line and an exit code."""

    exit_code = 1


class DataError(PactgraphError):
    """The data are wrong: file, row, column and remedy are in the message (exit code 1)."""


class UsageError(PactgraphError):
    """The request is wrong: an unknown name, a bad option, a write through ``query`` (exit code 2)."""

    exit_code = 2


class StoreError(PactgraphError):
    """The store cannot be used: locked, unreachable, of another format (exit code 1)."""
