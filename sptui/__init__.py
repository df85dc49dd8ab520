"""Why does this Selling Partner API call fail, and how healthy are the sellers?"""

__version__ = "0.1.0"
