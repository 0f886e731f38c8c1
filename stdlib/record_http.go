package stdlib

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// recordedTransport answers each request of a recorded script with an empty 200.
type recordedTransport struct {
	access *Access
	socket *string
	really http.RoundTripper
}

// recorded asks for each request whether it is to be sent.
func (c *httpClient) recorded(really http.RoundTripper, socket *string) http.RoundTripper {
	if c.host.Access == nil || c.host.Access.Recorder == nil {
		return really
	}
	return recordedTransport{c.host.Access, socket, really}
}

// recordedBody is the body of an answer that nobody gave.
type recordedBody struct{ io.ReadCloser }

func (t recordedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := t.access.recorder()
	if recorder == nil || t.socket == nil && recorder.reaches(r.URL.Hostname(), portOf(r.URL)) {
		return t.really.RoundTrip(r)
	}
	c := Change{Op: "http." + strings.ToLower(r.Method), Target: r.URL.Redacted()}
	if r.Body != nil {
		defer r.Body.Close()
		size, err := io.Copy(io.Discard, ended{r.Context(), r.Body})
		if err != nil {
			return nil, err
		}
		c.Size = &size
	}
	if err := t.allowed(r.URL); err != nil {
		return nil, err
	}
	recorder.add(c)
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: recordedBody{http.NoBody}, Request: r,
	}, nil
}

// allowed refuses what would not be dialled, as far as its name tells.
func (t recordedTransport) allowed(u *url.URL) error {
	if t.socket != nil {
		_, err := t.access.dialer("unix", *t.socket)
		return err
	}
	return t.access.mayName(u.Hostname(), portOf(u))
}

// portOf is the port that a URL leads to.
func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// wait does not wait where nobody calls who could have it closed.
func (s *server) wait(ctx context.Context) error {
	if s.recorded {
		return nil
	}
	select {
	case <-s.over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
