"""What every room stands on: settings, clock, database, bus, telemetry, privacy, the model port."""
