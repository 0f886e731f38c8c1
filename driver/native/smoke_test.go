package native
import ("testing";"context";"os";"fmt";"time"
"github.com/execlua/execlua/driver")
func TestSmoke(t *testing.T){
 d,err:=New(Options{Root:t.TempDir()}); if err!=nil{t.Fatal(err)}
 for i:=0;i<3;i++{
 t0:=time.Now()
 c:=&driver.Command{ID:fmt.Sprint("smoke",i),Rootfs:"/tmp/rootfs",ProcessConfig:driver.ProcessConfig{Entrypoint:"/bin/sh",Arguments:[]string{"-c","hostname; ps; id; cat /proc/self/status | tail -5; exit 3"}}}
 if i==1 {c.ProcessConfig.Entrypoint="nope"}
 if i==2 {c.ProcessConfig.Entrypoint="/bin/true"}
 st,err:=d.Run(context.Background(),c,&driver.Pipes{Stdout:os.Stdout,Stderr:os.Stderr},driver.Hooks{
  PreStart:[]driver.DriverCallback{func(ctx context.Context,p *driver.ProcessConfig,pid int,i *driver.HookInfo)error{fmt.Println("pre",pid);return nil}},
  Start:func(ctx context.Context,p *driver.ProcessConfig,pid int,i *driver.HookInfo)error{
   s,err:=d.Stats(ctx,i.ID); fmt.Printf("start %d %+v %v\n",pid,s,err)
   e,_:=os.Readlink(fmt.Sprintf("/proc/%d/exe",pid)); fmt.Println(e)
   code,err:=d.Exec(ctx,&driver.Command{ID:i.ID},&driver.ProcessConfig{Entrypoint:"echo",Arguments:[]string{"hi from exec"}},&driver.Pipes{Stdout:os.Stdout},driver.Hooks{})
   fmt.Println("exec",code,err)
   return nil},
  PostStop:[]driver.DriverCallback{func(ctx context.Context,p *driver.ProcessConfig,pid int,i *driver.HookInfo)error{fmt.Println("post",pid,*i.Status);return nil}},
 })
 fmt.Printf("%+v %v code=%s %v\n",st,err,driver.Code(err),time.Since(t0))
 }
}
