"""The set-up of a checkout and the commands of dev.py, in the standard library only.

Nothing here is part of the product: recado/ never imports it.
"""
