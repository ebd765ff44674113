"""The benchmark behind `make bench`: Streamly beside its peers, same posts, same machine."""
