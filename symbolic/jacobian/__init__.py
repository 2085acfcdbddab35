"""The views of a Jacobian in closed form: by rows, as a tensor, by vec."""
