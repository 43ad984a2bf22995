class HTTPError(Exception):
    pass
