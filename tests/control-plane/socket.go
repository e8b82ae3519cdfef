package main

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

// serveSocket passes requests on a Unix socket on to the API server, as the administrator: for programs that have no
// TLS at hand, such as `curl --unix-socket DIR/api.sock http://api/version`. Who may enter the directory may use it.
func serveSocket(l *layout) error {
	socket := l.file("api.sock")
	_ = os.Remove(socket)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server, err := url.Parse(l.server())
	if err != nil {
		return err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(request *httputil.ProxyRequest) { request.SetURL(server) },
		Transport:     &http.Transport{TLSClientConfig: l.clientTLS(), MaxIdleConnsPerHost: 8},
		FlushInterval: -1, // watches
	}
	go func() { _ = (&http.Server{Handler: proxy, ReadHeaderTimeout: 10 * time.Second}).Serve(listener) }()
	return nil
}
