"""The demo that `make run` serves: a small desk with people and past conversations, and a customer's shop beside it."""
