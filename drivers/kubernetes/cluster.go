package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/holdfast-dev/holdfast/drivers"
)

// attempts bounds how often a request is made that may go better the next time,
// and patientFor how long that goes on. The client itself tries reads again
// whose connection broke, and all that it is told to.
const (
	attempts   = 4
	patientFor = 10 * time.Second
)

// cluster is a way to one API server.
type cluster struct {
	config    *rest.Config
	client    dynamic.Interface
	mapper    meta.RESTMapper
	namespace string // of the context or the pod, "" if it names none
	timeout   time.Duration
}

// place is where an object is.
type place struct {
	resource        schema.GroupVersionResource
	namespace, name string
}

// connect makes the clients. It asks the server nothing, so that what goes wrong
// is wrong with what the settings lead to.
func connect(s *settings) (*cluster, error) {
	config, namespace, err := clientConfig(s)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = s.QPS, s.Burst
	config.UserAgent = "holdfast"
	config.WarningHandlerWithContext = rest.NoWarnings{} // their text may quote a secret
	config.Impersonate = s.Impersonate.config()
	c := &cluster{config: config, namespace: namespace, timeout: s.Timeout.Duration}
	if c.client, err = dynamic.NewForConfig(config); err != nil {
		return nil, unusable("make a client with %s: %w", s.credentials(), err)
	}
	bounded := rest.CopyConfig(config)
	bounded.Timeout = c.timeout
	httpClient, err := rest.HTTPClientFor(bounded)
	if err != nil {
		return nil, unusable("make a client with %s: %w", s.credentials(), err)
	}
	if c.mapper, err = apiutil.NewDynamicRESTMapper(bounded, httpClient); err != nil {
		return nil, unusable("make a client with %s: %w", s.credentials(), err)
	}
	return c, nil
}

// podNamespace is where a pod finds the name of its own namespace.
const podNamespace = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

func clientConfig(s *settings) (*rest.Config, string, error) {
	if s.InCluster {
		config, err := rest.InClusterConfig()
		if err != nil {
			return nil, "", unusable("settings.inCluster: %w", err)
		}
		namespace, err := os.ReadFile(podNamespace)
		if err != nil {
			return nil, "", unusable("settings.inCluster: %w", err)
		}
		return config, strings.TrimSpace(string(namespace)), nil
	}
	rules := s.loadingRules()
	if err := s.checkKubeconfig(rules); err != nil {
		return nil, "", err
	}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: s.Context})
	config, err := loader.ClientConfig()
	if clientcmd.IsEmptyConfig(err) {
		return nil, "", unusable("no cluster is named by %s: name a kubeconfig in settings.kubeconfig that does, or say settings.inCluster in a pod", s.credentials())
	} else if err != nil {
		return nil, "", unusable("mend %s, or settings.kubeconfig and settings.context: %w", s.credentials(), err)
	}
	namespace, isSet, err := loader.Namespace()
	if err != nil {
		return nil, "", unusable("mend %s, or settings.kubeconfig and settings.context: %w", s.credentials(), err)
	}
	if !isSet && namespace == metav1.NamespaceDefault {
		namespace = ""
	}
	return config, namespace, nil
}

func (s *settings) loadingRules() *clientcmd.ClientConfigLoadingRules {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	if s.Kubeconfig != "" {
		rules.ExplicitPath = s.Kubeconfig
	}
	return rules
}

// credentials says where the way to the cluster is written.
func (s *settings) credentials() string {
	switch {
	case s.InCluster:
		return "the pod's service account"
	case s.Kubeconfig != "":
		return "the kubeconfig " + s.Kubeconfig
	}
	return "the kubeconfig " + strings.Join(s.loadingRules().GetLoadingPrecedence(), ", ")
}

// checkKubeconfig finds what the loader tells only in the words of kubectl: that
// a file is not there or cannot be read, or has no such context.
func (s *settings) checkKubeconfig(rules *clientcmd.ClientConfigLoadingRules) error {
	if s.Kubeconfig != "" {
		if _, err := os.Stat(s.Kubeconfig); errors.Is(err, fs.ErrNotExist) {
			return unusable("the kubeconfig %s does not exist: put it there, or name another in settings.kubeconfig", s.Kubeconfig)
		}
	}
	read, err := rules.Load()
	if err != nil {
		return unusable("%s cannot be read; mend the file, or name another in settings.kubeconfig: %w", s.credentials(), err)
	}
	if _, known := read.Contexts[s.Context]; s.Context != "" && !known {
		there := slices.Sorted(maps.Keys(read.Contexts))
		if len(there) == 0 {
			return unusable("settings.context: %s has no context %q, nor any other", s.credentials(), s.Context)
		}
		return unusable("settings.context: %s has no context %q; there are %s", s.credentials(), s.Context, strings.Join(there, ", "))
	}
	return nil
}

func (i *impersonation) config() rest.ImpersonationConfig {
	config := rest.ImpersonationConfig{UserName: i.User, Groups: i.Groups}
	if account := i.ServiceAccount; account.Name != "" {
		config.UserName = fmt.Sprintf("system:serviceaccount:%s:%s", account.Namespace, account.Name)
	}
	return config
}

// address is the server's URL, the same for all that write there.
func (c *cluster) address() (string, error) {
	url, _, err := rest.DefaultServerUrlFor(c.config)
	if err != nil {
		return "", fmt.Errorf("the address of the API server: %w", err)
	}
	return strings.TrimSuffix(strings.ToLower(url.Scheme+"://"+url.Host)+url.Path, "/"), nil
}

// objects is where requests for an object go.
func (c *cluster) objects(p place) dynamic.ResourceInterface {
	if p.namespace == "" {
		return c.client.Resource(p.resource)
	}
	return c.client.Resource(p.resource).Namespace(p.namespace)
}

// get is a live object, nil if there is none.
func (c *cluster) get(ctx context.Context, p place) (*unstructured.Unstructured, error) {
	obj, err := request(ctx, c, func(ctx context.Context) (*unstructured.Unstructured, error) {
		return c.objects(p).Get(ctx, p.name, metav1.GetOptions{})
	})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return obj, err
}

// request makes a request, within its time, and again where that may help.
// All requests are safe to repeat: those that write name the version that they go by.
func request[T any](ctx context.Context, c *cluster, make func(context.Context) (T, error)) (T, error) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = 250*time.Millisecond, 2*time.Second
	out, err := backoff.Retry(ctx, func() (T, error) {
		within, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		out, err := make(within)
		if err != nil && !isPassing(err) {
			return out, backoff.Permanent(err)
		}
		return out, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(attempts), backoff.WithMaxElapsedTime(patientFor))
	permanent := (*backoff.PermanentError)(nil)
	if errors.As(err, &permanent) {
		err = permanent.Unwrap()
	}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case isPassing(err):
		err = fmt.Errorf("%w: %w", drivers.ErrUnreachable, err)
	}
	return out, err
}

// isPassing tells what may go better in a moment: the server is away, its
// storage is, or it has too much to do.
func isPassing(err error) bool {
	status := apierrors.APIStatus(nil)
	if !errors.As(err, &status) {
		return !meta.IsNoMatchError(err) // it did not come to an answer
	}
	return apierrors.IsTooManyRequests(err) || apierrors.IsServerTimeout(err) || apierrors.IsTimeout(err) ||
		apierrors.IsServiceUnavailable(err) || apierrors.IsInternalError(err) && storageFault.MatchString(err.Error())
}

// storageFault are the words of etcd and of what speaks with it. Other internal
// errors are about the object: its webhooks, or fields that its kind does not have.
var storageFault = regexp.MustCompile(`etcd|rpc error|leader changed`)

// isMisfit tells that an object has a field that its kind has not. The server
// takes that for a fault of its own.
func isMisfit(err error) bool {
	return strings.Contains(err.Error(), "failed to create typed patch object")
}
