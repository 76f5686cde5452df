"""What each family of calls does. Handlers run under the store's lock and return the object to answer."""
