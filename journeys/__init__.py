"""People who use the product as browsers do, by HTTP and WebSocket: for `./run chaos` and `./run bench`."""
