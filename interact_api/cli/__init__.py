"""The commands of the service, which `streamly` finds when it has them."""
