package stdlib

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
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
func (o *TLSOptions) client() (*tls.Config, error) {
	if o == nil {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.Insecure}
	if o.ServerName != nil {
		config.ServerName = *o.ServerName
	}
	var err error
	if config.RootCAs, err = o.pool(); err != nil {
		return nil, err
	}
	if o.CertFile != nil || o.KeyFile != nil {
		config.Certificates, err = o.certificates()
	}
	return config, err
}

func (o *TLSOptions) server() (*tls.Config, error) {
	if o.ServerName != nil || o.Insecure {
		return nil, invalid("opts.tls", "server_name and insecure are for clients")
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if config.Certificates, err = o.certificates(); err != nil {
		return nil, err
	}
	if config.ClientCAs, err = o.pool(); config.ClientCAs != nil {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, err
}

func (o *TLSOptions) pool() (*x509.CertPool, error) {
	if o.CAFile == nil {
		return nil, nil
	}
	text, err := os.ReadFile(*o.CAFile)
	if err != nil {
		return nil, failed("tls.ca_file", *o.CAFile, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, failed("tls.ca_file", *o.CAFile, fmt.Errorf("%w: no certificate in it", errInvalid))
	}
	return pool, nil
}

func (o *TLSOptions) certificates() ([]tls.Certificate, error) {
	if o.CertFile == nil {
		return nil, invalid("opts.tls.cert_file", "it is missing")
	}
	key := *o.CertFile
	if o.KeyFile != nil {
		key = *o.KeyFile
	}
	pair, err := tls.LoadX509KeyPair(*o.CertFile, key)
	if err != nil {
		var path *os.PathError
		if !errors.As(err, &path) {
			err = fmt.Errorf("%w: %w", errInvalid, err)
		}
		return nil, failed("tls.cert_file", *o.CertFile, err)
	}
	return []tls.Certificate{pair}, nil
}
