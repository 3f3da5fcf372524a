"""What moves a judge besides the work it judges: by groups of traces, and by probes that alter nothing that counts."""
