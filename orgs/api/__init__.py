"""What every address of the API shares: who asks, what errors look like, how often one may ask.

An app's own part stands in its `api` package, over the same services, scope and table of acts as its pages.
"""
