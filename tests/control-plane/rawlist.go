package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// download is what the raw download of some lists took.
type download struct {
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`
}

func runRawList() int {
	var kubeconfig string
	command := &cobra.Command{
		Use:           "control-plane rawlist PATH...",
		Short:         "Download lists as JSON, one after the other on one HTTP/1.1 connection, and throw them away",
		Args:          cobra.MinimumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(_ *cobra.Command, paths []string) error { return rawList(kubeconfig, paths) },
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server")
	return execute(context.Background(), command)
}

// rawList prints how long the download took, without the start of this program.
func rawList(kubeconfig string, paths []string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	tls, err := rest.TLSConfigFor(config)
	if err != nil {
		return err
	}
	// Without HTTP/2 and without compression, as a program does that only wants the text.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: tls, MaxConnsPerHost: 1, DisableCompression: true}}
	began := time.Now()
	d := download{}
	for _, path := range paths {
		bytes, err := discard(client, config.Host+path)
		if err != nil {
			return err
		}
		d.Bytes += bytes
	}
	d.Seconds = time.Since(began).Seconds()
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	return nil
}

// discard reads an answer to its end. The server indents what it sends to programs that call themselves browsers or
// curl; this one does not.
func discard(client *http.Client, url string) (int64, error) {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "rawlist/1.0")
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("GET %s: %s", url, response.Status)
	}
	return io.Copy(io.Discard, response.Body)
}
