"""Feature catalogue, population and the engine that measures customers."""
