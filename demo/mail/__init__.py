"""A mail server of the demo's own: it takes every e-mail, sends none on, and shows them on a page."""
