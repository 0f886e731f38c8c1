package stdlib

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
)

// TLSOptions are those of a client or a server. Files are in PEM.
type TLSOptions struct {
	CAFile     *string `json:"ca_file"`     // whom to trust; nil is whom the machine trusts. A server with it asks clients for certificates of these
	CertFile   *string `json:"cert_file"`   // the own certificate; a server needs one
	KeyFile    *string `json:"key_file"`    // its key; nil: in the same file
	ServerName *string `json:"server_name"` // what the server's certificate must be for; nil is the host that is called
	Insecure   bool    `json:"insecure"`    // trust any server: whoever is in between can read and change all
}

// client is nil for nil.
func (o *TLSOptions) client(a *Access) (*tls.Config, error) {
	if o == nil {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.Insecure}
	if o.ServerName != nil {
		config.ServerName = *o.ServerName
	}
	var err error
	if config.RootCAs, err = o.pool(a); err != nil {
		return nil, err
	}
	if o.CertFile != nil || o.KeyFile != nil {
		config.Certificates, err = o.certificates(a)
	}
	return config, err
}

func (o *TLSOptions) server(a *Access) (*tls.Config, error) {
	if o.ServerName != nil || o.Insecure {
		return nil, invalid("opts.tls", "server_name and insecure are for clients")
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if config.Certificates, err = o.certificates(a); err != nil {
		return nil, err
	}
	if config.ClientCAs, err = o.pool(a); config.ClientCAs != nil {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, err
}

func (o *TLSOptions) pool(a *Access) (*x509.CertPool, error) {
	if o.CAFile == nil {
		return nil, nil
	}
	text, err := readPEM(a, *o.CAFile)
	if err != nil {
		return nil, failed("tls.ca_file", *o.CAFile, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, failed("tls.ca_file", *o.CAFile, fmt.Errorf("%w: no certificate in it", errInvalid))
	}
	return pool, nil
}

func (o *TLSOptions) certificates(a *Access) ([]tls.Certificate, error) {
	if o.CertFile == nil {
		return nil, invalid("opts.tls.cert_file", "it is missing")
	}
	key := *o.CertFile
	if o.KeyFile != nil {
		key = *o.KeyFile
	}
	cert, err := readPEM(a, *o.CertFile)
	if err != nil {
		return nil, failed("tls.cert_file", *o.CertFile, err)
	}
	secret, err := readPEM(a, key)
	if err != nil {
		return nil, failed("tls.key_file", key, err)
	}
	pair, err := tls.X509KeyPair(cert, secret)
	if err != nil {
		return nil, failed("tls.cert_file", *o.CertFile, fmt.Errorf("%w: %w", errInvalid, err))
	}
	return []tls.Certificate{pair}, nil
}

// maxPEM bounds a file of certificates or keys; what a machine trusts is some 200 KiB.
const maxPEM = 4 << 20

func readPEM(a *Access, path string) ([]byte, error) {
	return a.ReadFile(context.Background(), path, maxPEM)
}
