"""Tokens of the API from the command line.

Modules:
    token  token new, token list, token end
"""
