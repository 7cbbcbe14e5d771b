// Texts to try: one for each type of metric.
export const examples = {
  gauge: `# HELP backup_duration_seconds How long the backup took.
# TYPE backup_duration_seconds gauge
backup_duration_seconds 2398.283
# TYPE backup_last_success_timestamp_seconds gauge
backup_last_success_timestamp_seconds 1.7e+09
`,
  counter: `# HELP backup_bytes_total Bytes that were written.
# TYPE backup_bytes_total counter
backup_bytes_total{kind="full"} 1.2e+09
backup_bytes_total{kind="incremental"} 4.1e+07
`,
  histogram: `# HELP file_copy_seconds Time to copy a file.
# TYPE file_copy_seconds histogram
file_copy_seconds_bucket{le="0.1"} 12
file_copy_seconds_bucket{le="1"} 40
file_copy_seconds_bucket{le="+Inf"} 42
file_copy_seconds_sum 17.9
file_copy_seconds_count 42
`,
  summary: `# HELP lock_wait_seconds Time that files waited for a lock.
# TYPE lock_wait_seconds summary
lock_wait_seconds{quantile="0.5"} 0.05
lock_wait_seconds{quantile="0.99"} 1.9
lock_wait_seconds_sum 61.2
lock_wait_seconds_count 420
`,
};
