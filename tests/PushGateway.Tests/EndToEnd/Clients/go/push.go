// Pushes with client_golang: push ADDRESS put|add|delete protobuf|text FAMILY VALUE.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
	"github.com/prometheus/common/expfmt"
)

func main() {
	address, operation, format, family := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	value, err := strconv.ParseFloat(os.Args[5], 64)
	if err == nil {
		err = run(address, operation, format, family, value)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(address, operation, format, family string, value float64) error {
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: family, Help: "A gauge."})
	gauge.Set(value)
	histogram := prometheus.NewHistogramVec(
		prometheus.HistogramOpts{Name: family + "_seconds", Help: "A histogram.", Buckets: []float64{0.1, 1}}, []string{"step"})
	histogram.WithLabelValues("a\"b\\c\nd").Observe(value)

	pusher := push.New(address, "go/nightly").
		Grouping("path", "/var/tmp/ä b").
		Grouping("empty", "").
		Grouping("host", "db-1").
		Collector(gauge).
		Collector(histogram)
	if format == "text" {
		pusher = pusher.Format(expfmt.FmtText)
	}
	switch operation {
	case "put":
		return pusher.Push()
	case "add":
		return pusher.Add()
	case "delete":
		return pusher.Delete()
	}
	return fmt.Errorf("%s is no operation", operation)
}
