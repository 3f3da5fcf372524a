"""Login: what the operator asked for, who stands at the gate, the login page, and who is logged in at this browser."""
