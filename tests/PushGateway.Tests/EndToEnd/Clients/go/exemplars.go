// Pushes exemplars and a native histogram with client_golang, which sends protobuf: exemplars ADDRESS.
package main

import (
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
)

func main() {
	rows := prometheus.NewCounter(prometheus.CounterOpts{Name: "rows_total", Help: "Rows."})
	rows.(prometheus.ExemplarAdder).AddWithExemplar(3, prometheus.Labels{"trace_id": "t1"})

	classic := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "step_seconds", Help: "Steps.", Buckets: []float64{1, 2}})
	classic.(prometheus.ExemplarObserver).ObserveWithExemplar(1.5, prometheus.Labels{"trace_id": "t2"})

	native := prometheus.NewHistogram(
		prometheus.HistogramOpts{Name: "native_seconds", Help: "Native.", NativeHistogramBucketFactor: 2})
	for _, value := range []float64{0, 0.3, 0.3, 3, 100} {
		native.Observe(value)
	}

	err := push.New(os.Args[1], "go").Collector(rows).Collector(classic).Collector(native).Push()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
